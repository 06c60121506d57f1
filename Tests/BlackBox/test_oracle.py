"""A stolen order token must not become a way to try stolen codes."""

from __future__ import annotations

import json
import statistics
import string
import time

from harness import cards as made
from harness import webhook
from harness.buyer import awaited_selftest, selftest, shape
from harness.scale import count, randomness

# What docs/self-test.md promises: inquiries for each code a day.
BUDGET = 5
URL_SAFE = string.ascii_letters + string.digits + "-_"


def order_of(gateway, cards, vouchers) -> tuple[str, str, str]:
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    sent = webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    gateway.checked(sent["delivery"])
    return sent["order_token"], serial, key


def test_guessing_with_a_stolen_token_reaches_the_issuer_within_the_budget(
        new_gateway, cards, vouchers):
    gateway = new_gateway("oracle").start()
    token, _, key = order_of(gateway, cards, vouchers)
    others = [cards.voucher()[1] for _ in range(50)]
    for other in others:
        vouchers.put(other, serial=cards.voucher()[0])
    before, rnd = vouchers.calls(key), randomness("guesses")
    guesses = [others[number % 50] if number % 3 == 0 else "".join(rnd.choices("0123456789", k=18))
               for number in range(count(500, 10_000))]
    statuses: dict[int, int] = {}
    for guess in guesses:
        answer = selftest(gateway, token, [{"line": 1, "key": guess}])
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        assert answer.status in (200, 429), answer.text
        if answer.status == 429:
            assert int(answer.header("retry-after")) > 0
            assert answer.header("content-type").startswith("application/problem+json")
    print(f"answers {statuses}, inquiries {vouchers.calls(key) - before}")
    assert statuses[429] > 0, "there is no budget"
    assert vouchers.calls(key) - before <= BUDGET
    assert sum(vouchers.calls(guess) for guess in guesses) == 0, (
        "a code was asked that was not delivered to this order")
    gateway.stop()


def test_the_budget_of_one_order_is_not_the_budget_of_another(new_gateway, cards, vouchers):
    gateway = new_gateway("oracle-others").start()
    token, _, _ = order_of(gateway, cards, vouchers)
    for _ in range(500):
        if selftest(gateway, token).status == 429:
            break
    other, _, _ = order_of(gateway, cards, vouchers)
    assert selftest(gateway, other).status == 200
    gateway.stop()


def test_a_right_guess_and_a_wrong_one_differ_only_in_the_codes_own_line(
        new_gateway, cards, vouchers):
    gateway = new_gateway("oracle-shape", settings={"selftest": {"budget_per_code": 20}}).start()
    elsewhere = order_of(gateway, cards, vouchers)[2]
    for _ in range(count(5, 50)):
        token, _, key = order_of(gateway, cards, vouchers)
        awaited_selftest(gateway, token)
        bodies, lengths = set(), set()
        for guess in (key, elsewhere, cards.voucher()[1], cards.short(), "0", "钥" * 100):
            answer = selftest(gateway, token, [{"line": 1, "key": guess}])
            assert answer.status == 200, answer.text
            body = answer.json()
            assert body["items"][0]["matches_delivered"] is (guess == key)
            bodies.add(shape(body))
            head = {name: value for name, value in answer.headers.items()
                     if name not in ("date", "content-length") and "ratelimit" not in name
                     and "request-id" not in name}
            lengths.add(json.dumps(head, sort_keys=True))
        assert len(bodies) == 1 and len(lengths) == 1
    gateway.stop()


def answer_times(gateway, cards, vouchers) -> dict[str, list[float]]:
    """Seconds of right and wrong guesses, asked in turn for one order after another."""
    times: dict[str, list[float]] = {"right": [], "wrong": [], "wrong again": []}
    rnd = randomness("time")
    for _ in range(count(60, 1_000)):
        token, _, key = order_of(gateway, cards, vouchers)
        asked = [("right", key), ("wrong", cards.voucher()[1]), ("wrong again", cards.voucher()[1])]
        rnd.shuffle(asked)
        for name, guess in asked:
            begun = time.perf_counter()
            answer = selftest(gateway, token, [{"line": 1, "key": guess}])
            assert answer.status == 200, answer.text
            times[name].append(time.perf_counter() - begun)
    return times


def test_a_right_guess_takes_no_longer_than_a_wrong_one(new_gateway, cards, vouchers):
    """p95 of both differ by no more than the same question asked twice does. A difference that is
    the code's own would show every time, one of a busy machine does not."""
    gateway = new_gateway("oracle-time").start()
    measured = []
    for _ in range(3):
        times = answer_times(gateway, cards, vouchers)
        p95 = {name: statistics.quantiles(taken, n=20)[18] for name, taken in times.items()}
        medians = {name: statistics.median(taken) for name, taken in times.items()}
        measured.append(f"p95 {p95}, medians {medians}")
        noise = abs(p95["wrong"] - p95["wrong again"])
        if (abs(p95["right"] - p95["wrong"]) <= 3 * noise + 0.010
                and abs(medians["right"] - medians["wrong"]) <= 0.005):
            break
    else:
        raise AssertionError("\n".join(measured))
    print("\n".join(measured))
    gateway.stop()


def test_anonymous_callers_get_format_advice_only(gateway, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    known = selftest(gateway, None, [{"line": 1, "key": key}])
    unknown = selftest(gateway, None, [{"line": 1, "key": cards.voucher()[1]}])
    assert known.status == unknown.status == 200
    assert known.body == unknown.body
    assert vouchers.calls(key) == 0


def test_a_token_that_was_changed_or_made_up_is_refused(new_gateway, cards, vouchers):
    gateway = new_gateway("oracle-tokens").start()
    token, _, key = order_of(gateway, cards, vouchers)
    asked, rnd = vouchers.calls(key), randomness("tokens")
    wrong = ["", "ot_", token[:-1], token + "A", token[3:], token.upper(), "Bearer " + token]
    for place in range(3, len(token)):
        other = rnd.choice([symbol for symbol in URL_SAFE if symbol != token[place]])
        wrong.append(token[:place] + other + token[place + 1:])
    for text in wrong:
        answer = selftest(gateway, text, [{"line": 1, "key": key}])
        assert answer.status == 401, f"{text}: {answer.status} {answer.text}"
        assert answer.header("content-type").startswith("application/problem+json")
    assert vouchers.calls(key) == asked
    assert selftest(gateway, token).status == 200
    gateway.stop()


def test_a_token_is_not_taken_from_the_url(gateway, cards, vouchers):
    from harness.wire import call
    token, _, _ = order_of(gateway, cards, vouchers)
    answer = call(gateway.url, "POST", f"/v1/selftests?token={token}&access_token={token}",
                  {"content-type": "application/json"}, b"{}")
    assert "verdict" not in answer.text or answer.status == 401
    assert token.encode() not in gateway.log_path.read_bytes()
