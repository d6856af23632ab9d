"""What was counted, typed or played is there when one comes back; nobody is asked for more than there is."""

import json

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture(scope="module")
def doors(open_workshop, small_files):
    return open_workshop("back", scenarios=small_files)


@pytest.fixture
def desk(eye, doors) -> Page:
    return eye.open(doors.facilitator)


def last(doors, kind: str) -> dict:
    lines = (doors.folder / "session.jsonl").read_text("utf-8").splitlines()
    return [entry["event"] for entry in map(json.loads, lines) if entry["event"]["type"] == kind][-1]


def test_what_was_counted_by_hand_is_shown_again_and_completed(desk, doors, show):
    show(desk, "bet")
    desk.fill("#hand-bets", "8 12")
    desk.get_by_role("button", name="Garder ces paris").click()
    show(desk, "debrief")
    desk.get_by_text("Votes à main levée").click()
    like, unlike = (desk.locator(f"fieldset input >> nth={place}") for place in (0, 1))
    like.fill("7")
    unlike.fill("2")
    unlike.blur()
    show(desk, "bet")
    expect(desk.locator("#hand-bets")).to_have_value("8 12")
    show(desk, "debrief")
    desk.get_by_text("Votes à main levée").click()
    expect(like).to_have_value("7")
    expect(unlike).to_have_value("2")
    unlike.fill("3")
    unlike.blur()
    show(desk, "welcome")
    assert {"like": 7, "unlike": 3}.items() <= last(doors, "hand_votes").items()
    assert last(doors, "hand_bets")["bets"] == [8, 12]


def test_a_phone_that_typed_the_code_keeps_it_in_another_language(eye, desk, doors, show, join):
    show(desk, "bet")
    phone = eye.open(doors.phones.partition("#")[0], (390, 844), has_touch=True)
    phone.get_by_label("Code de la salle").fill(doors.code)
    phone.click("button.main")
    join(phone, "Lou")
    expect(phone.locator("input[type=number]")).to_be_visible()
    phone.get_by_text("English").click()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    expect(phone.locator("input[type=number]")).to_be_visible()


def test_after_the_last_year_no_phone_is_asked_to_decide(eye, desk, doors, show, join):
    show(desk, "play")
    phone = eye.phone(doors)
    join(phone, "Lou")
    phone.locator("button.actor").first.click()
    play = desk.get_by_role("button", name="Jouer l’année")
    for year in (1, 2, 3):
        expect(phone.locator("form")).to_be_visible()
        play.click()
        expect(desk.locator(".when")).to_have_text(f"Année {year} sur 3")
    expect(phone.locator(".lead")).to_contain_text("La dernière année est jouée")
    expect(phone.locator("form")).to_have_count(0)


def test_a_card_that_nobody_can_take_is_told(eye, desk, doors, show, join):
    show(desk, "play")
    desk.get_by_role("button", name="Recommencer").click()
    phone = eye.phone(doors)
    join(phone, "Max")
    phone.get_by_label("numéro de votre carte").fill("9999")
    expect(phone.locator(".toggles")).to_contain_text("Aucun acteur libre")
