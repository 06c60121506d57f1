"""`keys rotate --master`: no answer fails meanwhile, one of two files always opens, and the old key opens nothing."""

from __future__ import annotations

import pathlib
import stat
import threading
import time

import pytest

from harness import cards as made
from harness import lived, webhook
from harness.scale import count, randomness
from harness.waiting import kill_at_a_random_moment


def key_file(gateway) -> pathlib.Path:
    return gateway.folder / "keys" / "master.key"


def rotate(gateway) -> dict:
    return gateway.cli_json("keys", "rotate", "--master")


def opens(gateway, key: bytes) -> bool:
    """Whether a key opens the store of a gateway that does not run."""
    path = gateway.folder / "tried.key"
    path.write_bytes(key)
    path.chmod(0o600)
    config = gateway.folder / "tried.yaml"
    config.write_text(gateway.config.read_text().replace(str(key_file(gateway)), str(path)))
    done = gateway.cli("tenant", "list", "--config", str(config), configured=False)
    path.unlink()
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0


def test_the_master_key_is_replaced_under_load_and_the_old_one_opens_nothing(
        new_gateway, cards, vouchers):
    gateway = new_gateway("rotated").start()
    told = lived.live(gateway, cards, vouchers)
    keys, failed, stop = [key_file(gateway).read_bytes()], [], threading.Event()

    def deliver():
        while not stop.is_set():
            answer = webhook.send(
                gateway, made.delivery(cards.order(), [made.item("nobody", cards.licence())]))
            if answer.status != 202:
                failed.append((answer.status, answer.text))

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(count(5, 100)):
        answer = rotate(gateway)
        keys.append(key_file(gateway).read_bytes())
        retired = pathlib.Path(answer["retired_key"])
        assert stat.S_IMODE(key_file(gateway).stat().st_mode) == 0o600
        assert retired.read_bytes() == keys[-2]
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(set(keys)) == len(keys)
    # What was made before is still read, found and signed for: the values have not changed.
    serial, key = told["good"].codes[0]
    again = lived.deliver(gateway, cards.order(), [made.item("voucher", key, serial)])
    item = gateway.delivery(again.id)["items"][0]
    assert item["verdict"]["state"] == "duplicate_delivery"
    assert gateway.get(f"/v1/deliveries/{told['many'].id}").status == 200
    gateway.stop()
    assert gateway.cli("log", "audit", "--deep").returncode == 0
    assert [opens(gateway, key) for key in keys] == [False] * (len(keys) - 1) + [True]
    assert not key_file(gateway).with_name("master.key.next").exists()


def test_without_a_gateway_the_store_is_opened_for_it(new_gateway, cards, vouchers):
    gateway = new_gateway("rotated-alone")
    before = key_file(gateway).read_bytes()
    rotate(gateway)
    assert not opens(gateway, before)
    gateway.start()
    assert webhook.send(gateway, made.delivery(
        cards.order(), [made.item("nobody", cards.licence())])).status == 202


@pytest.mark.parametrize("running", [False, True])
def test_killed_at_any_moment_one_of_the_files_opens_the_store(new_gateway, cards, running):
    rnd = randomness(f"rotation killed {running}")
    gateway = new_gateway(f"rotation-killed-{running}")
    if running:
        gateway.start()
    for number in range(count(8, 200)):
        kill_at_a_random_moment(gateway, rnd, "keys", "rotate", "--master",
                                whole=running and number % 4 == 3)
        # Whatever stands there now, the configured path opens the store.
        assert gateway.cli("tenant", "list").returncode == 0, f"round {number}"
        if running:
            gateway.kill()
            gateway.start()
            answer = webhook.send(gateway, made.delivery(
                f"KM{number:014d}", [made.item("nobody", cards.licence())]))
            assert answer.status == 202
    rotate(gateway)
    if running:
        gateway.stop()
    assert opens(gateway, key_file(gateway).read_bytes())
    assert not key_file(gateway).with_name("master.key.next").exists()


def test_what_cannot_be_rotated_is_told(new_gateway):
    gateway = new_gateway("rotation-refused")
    assert gateway.cli("keys", "rotate").returncode == 64
    key_file(gateway).chmod(0o644)
    done = gateway.cli("keys", "rotate", "--master")
    assert done.returncode == 64 and b"open to others" in done.stderr
    key_file(gateway).chmod(0o600)
    key_file(gateway).with_name("master.key.next").write_bytes(b"no key\n")
    assert gateway.cli("keys", "rotate", "--master").returncode == 64
