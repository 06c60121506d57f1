"""Outgoing events: signed as Standard Webhooks, thin, sent again until they are taken."""

from __future__ import annotations

import datetime
import time

import pytest
from standardwebhooks.webhooks import Webhook

from harness import cards as made
from harness import webhook
from harness.receiver import Receiver


@pytest.fixture
def receiver():
    made_receiver = Receiver()
    yield made_receiver
    made_receiver.stop()


@pytest.fixture
def told(new_gateway, receiver):
    gateway = new_gateway("events", platform=("--events-url", receiver.url)).start()
    yield gateway
    gateway.close()


def deliver(gateway, cards, vouchers, **state) -> dict:
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, **state)
    return webhook.send(gateway, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()


def about(sent: dict, kind: str):
    return lambda event: event.type == kind and sent["delivery"] in event.body.decode()


def verify(gateway, event) -> None:
    """By the public key alone (v1a), and by standardwebhooks with the events' own secret (v1)."""
    webhook.verify_v1a(gateway.platform.events_key, event.headers, event.body)
    Webhook(gateway.platform.events_secret).verify(event.body, event.headers)
    said = event.json()
    assert set(said) == {"id", "type", "timestamp", "data"}
    assert said["id"] == event.id and event.id.startswith("evt_")
    datetime.datetime.fromisoformat(said["timestamp"])


def test_a_checked_delivery_is_told(told, receiver, cards, vouchers):
    sent = deliver(told, cards, vouchers)
    [event] = receiver.wait_for(about(sent, "delivery.checked"))
    verify(told, event)
    assert event.headers["content-type"].startswith("application/json")
    assert abs(int(event.headers["webhook-timestamp"]) - time.time()) < 60
    assert len(event.body) < 20_000


def test_a_claim_that_opened_is_told_once(told, receiver, cards, vouchers):
    sent = deliver(told, cards, vouchers, state="stolen")
    told.checked(sent["delivery"])
    [event] = receiver.wait_for(about(sent, "claim.opened"))
    verify(told, event)
    [claim] = told.claims_of(sent["delivery"])
    assert claim["claim"] in event.body.decode()
    time.sleep(2)
    assert len(receiver.wait_for(about(sent, "claim.opened"))) == 1


def test_a_duplicate_names_both_deliveries(told, receiver, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial)
    both = [webhook.send(told, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json() for _ in range(2)]
    [event] = receiver.wait_for(about(both[1], "duplicate.found"))
    verify(told, event)
    assert all(sent["delivery"] in event.body.decode() for sent in both)


def test_no_event_holds_a_key_or_a_serial(told, receiver, cards, vouchers):
    serial, key = cards.voucher()
    vouchers.put(key, serial=serial, state="stolen")
    sent = webhook.send(told, made.delivery(
        cards.order(), [made.item("voucher", key, serial)])).json()
    receiver.wait_for(about(sent, "claim.opened"))
    for event in receiver.events:
        text = event.body.decode() + str(event.headers)
        assert key not in text and serial not in text and key[-10:] not in text


def test_an_event_that_was_refused_is_sent_again_with_the_same_id(
        told, receiver, cards, vouchers):
    receiver.refuse_first, receiver.refuse_type = 1, "delivery.checked"
    sent = deliver(told, cards, vouchers)
    deadline = time.monotonic() + 60
    while len(receiver.wait_for(about(sent, "delivery.checked"), 60)) < 2:
        assert time.monotonic() < deadline, "not sent again within a minute"
        time.sleep(0.2)
    first, second = receiver.wait_for(about(sent, "delivery.checked"))[:2]
    assert first.id == second.id and first.body == second.body
    verify(told, second)


def test_retry_after_is_honoured(told, receiver, cards, vouchers):
    receiver.refuse_first, receiver.retry_after = 1, 12
    receiver.refuse_type = "delivery.checked"
    sent = deliver(told, cards, vouchers)
    deadline = time.monotonic() + 90
    while len(receiver.wait_for(about(sent, "delivery.checked"), 90)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    first, second = receiver.wait_for(about(sent, "delivery.checked"))[:2]
    assert second.at - first.at >= 11.5


def test_events_outlive_a_crash(new_gateway, receiver, cards, vouchers):
    gateway = new_gateway("events-crash", platform=("--events-url", receiver.url)).start()
    receiver.refuse_first = 10**9
    sent = deliver(gateway, cards, vouchers)
    gateway.checked(sent["delivery"])
    receiver.wait_for(about(sent, "delivery.checked"))
    gateway.kill()
    taken = len(receiver.events)
    receiver.refuse_first = 0
    gateway.start()
    deadline = time.monotonic() + 90
    while not any(about(sent, "delivery.checked")(event) for event in receiver.events[taken:]):
        assert time.monotonic() < deadline, "the event was lost by the crash"
        time.sleep(0.2)
    gateway.stop()


def test_410_disables_the_endpoint(told, receiver, cards, vouchers):
    receiver.status = 410
    deliver(told, cards, vouchers)
    receiver.wait_for(lambda event: True)
    time.sleep(1)
    seen = len(receiver.events)
    receiver.status = 204
    sent = deliver(told, cards, vouchers)
    told.checked(sent["delivery"])
    time.sleep(3)
    assert len(receiver.events) == seen, "events are sent to an endpoint that is gone"


def test_an_event_of_the_past_is_not_sent_with_an_old_timestamp(told, receiver, cards, vouchers):
    """The receiver's tolerance is five minutes, so each attempt is signed anew."""
    receiver.refuse_first, receiver.refuse_type = 1, "delivery.checked"
    sent = deliver(told, cards, vouchers)
    deadline = time.monotonic() + 60
    while len(receiver.wait_for(about(sent, "delivery.checked"), 60)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    for event in receiver.wait_for(about(sent, "delivery.checked")):
        stamp = datetime.datetime.fromtimestamp(int(event.headers["webhook-timestamp"]))
        assert abs(datetime.datetime.now() - stamp) < datetime.timedelta(minutes=5)
        verify(told, event)
