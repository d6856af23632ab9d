"""Phones at 390 × 844: they join by the QR's address, bet, take an actor, decide, come back after losing the link."""

import json
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree

import pytest
from playwright.sync_api import Page, expect

TOO_SMALL = """() => [...document.querySelectorAll("button, a, select, input:not(label.choice input), label.choice")]
    .filter((one) => one.offsetParent && one.type !== "range" && one.getBoundingClientRect().height < 44)
    .map((one) => one.outerHTML.slice(0, 80))"""
KEPT_LINKS = """const Plain = WebSocket;
window.links = [];
window.WebSocket = class extends Plain {
    constructor(...given) { super(...given); links.push(this); if (window.cut) this.close(); }
};"""
LATE_HANDS = """const Plain = WebSocket;
window.late = [];
window.WebSocket = class extends Plain {
    addEventListener(type, heard) {
        super.addEventListener(type, (event) => {
            const hand = type === "message" && JSON.parse(event.data).type === "hand";
            hand ? window.late.push(() => heard(event)) : heard(event);
        });
    }
};"""


@pytest.fixture(scope="module")
def doors(open_workshop, small_files):
    return open_workshop("phones", scenarios=small_files)


@pytest.fixture
def desk(eye, doors) -> Page:
    return eye.open(doors.facilitator)


def assert_fits(phone: Page) -> None:
    """Nothing to scroll sideways, and everything to touch is 44 pixels high."""
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate(TOO_SMALL) == []


def modules_of(image: str) -> tuple[int, set[tuple[int, int]]]:
    """Side of a QR code drawn as an SVG of horizontal strokes, and its dark modules."""
    drawing = ElementTree.fromstring(urllib.parse.unquote(image.partition(",")[2]))
    side = int(drawing.attrib["viewBox"].split()[2])
    dark, x, y = set(), 0.0, 0.0
    strokes = [one for one in drawing.iter() if one.tag.endswith("path") and "stroke" in one.attrib][-1]
    for command, numbers in re.findall(r"([Mmhv])([^Mmhv]*)", strokes.attrib["d"]):
        values = [float(one) for one in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        elif command == "h":
            dark |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
    return side, dark


def test_the_qr_code_on_the_wall_is_that_of_the_address_phones_open(eye, doors, desk, show):
    import segno

    show(desk, "welcome")
    wall = eye.open(doors.screen, (1920, 1080))
    side, dark = modules_of(wall.get_attribute(".code img", "src") or "")
    expected = segno.make(doors.phones, error="m")
    drawn = {(x, y) for y, row in enumerate(expected.matrix_iter(border=2)) for x, one in enumerate(row) if one}
    assert (side, dark) == (expected.symbol_size(border=2)[0], drawn)
    assert wall.locator(".code img").bounding_box()["height"] > 500


def test_a_phone_bets_takes_an_actor_decides_and_comes_back(eye, doors, desk, show, join):
    phone = eye.phone(doors, script=KEPT_LINKS)
    assert_fits(phone)
    join(phone, "Anna", "public")
    expect(phone.locator(".lead")).to_have_text("Regardez le grand écran.")

    show(desk, "bet")
    phone.fill("input[type=number]", "7")
    assert_fits(phone)
    phone.click("button.main")
    expect(phone.locator("[role=status]")).to_contain_text("Votre pari : 7")

    show(desk, "levers")
    slider = phone.locator("input[type=range]").first
    slider.fill(slider.get_attribute("max") or "")
    expect(phone.locator("[role=status]")).to_contain_text("un point à l’écran")
    expect(desk.locator(".dot")).to_have_count(1)
    assert_fits(phone)

    show(desk, "play")
    phone.get_by_label("Sorte d’acteur").select_option(index=1)
    kind = phone.get_by_label("Sorte d’acteur").evaluate("one => one.selectedOptions[0].text")
    assert_fits(phone)
    phone.locator("button.actor").first.click()
    expect(phone.locator("h2")).to_contain_text(kind)
    phone.get_by_text("J’accepte ce qu’on me propose").click()
    phone.locator("select").select_option("energy")
    assert_fits(phone)
    phone.click("form button.main")
    expect(phone.locator("[role=status]")).to_contain_text("C’est noté")
    expect(desk.locator(".stage .lead")).to_contain_text(re.compile("1 décisions? prêtes?"))

    # the connection is lost: the phone says so, comes back by itself, and nothing it gave is gone
    eye.forgiven = "WebSocket"
    phone.evaluate("() => { window.cut = true; links.at(-1).close(); }")
    expect(phone.locator(".status")).to_contain_text("Connexion perdue")
    expect(desk.locator(".present")).to_contain_text("0 en ligne")
    desk.locator(".panel button.main").click()
    expect(desk.locator(".when")).to_have_text("Année 1 sur 3")
    phone.evaluate("window.cut = false")
    expect(phone.locator(".status")).to_have_text("")
    expect(phone.locator(".note")).to_contain_text("Vous décidez pour l’année 2")
    expect(phone.locator("h2")).to_contain_text(kind)
    expect(desk.locator(".present")).to_contain_text("1 en ligne")

    # and so does a phone whose page was closed
    address = phone.url
    again = phone.context.new_page()
    phone.close()
    again.goto(address)
    expect(again.locator("h2")).to_contain_text(kind)
    show(desk, "bet")
    expect(again.locator("[role=status]")).to_contain_text("Votre pari : 7")

    log = [json.loads(line) for line in (doors.folder / "session.jsonl").read_text("utf-8").splitlines()]
    assert len({entry["by"] for entry in log if entry["event"]["type"] in ("join", "bet", "take", "decide")}) == 1


def test_invitations_that_come_late_leave_what_is_chosen(eye, doors, desk, show, join):
    show(desk, "play")
    phone = eye.phone(doors, script=LATE_HANDS)
    join(phone, "Lente")
    phone.locator("button.actor").first.click()
    phone.get_by_text("Je refuse et je me retire").click()
    phone.locator("select").last.select_option("food")
    expect(phone.locator("form")).to_contain_text("Calcul en cours")
    phone.wait_for_function("late.length")
    phone.evaluate("late.splice(0).forEach((hear) => hear())")
    expect(phone.locator("form")).not_to_contain_text("Calcul en cours")
    assert phone.locator("select").last.input_value() == "food"
    assert phone.locator("input[name=stance]:checked").input_value() == "closed"
    expect(phone.locator("[role=status]")).to_have_text("")


def test_a_shared_tablet_passes_from_hand_to_hand(eye, doors, desk, show, join):
    show(desk, "bet")
    tablet = eye.open(doors.phones, (1024, 768), has_touch=True)
    for name, number in (("Un", 3), ("Deux", 9)):
        join(tablet, name)
        tablet.fill("input[type=number]", str(number))
        tablet.click("form button.main")
        expect(tablet.locator("[role=status]")).to_contain_text(f"Votre pari : {number}")
        tablet.get_by_text("Passer la tablette").click()
        expect(tablet.locator("#name")).to_be_visible()
    log = [json.loads(line) for line in (doors.folder / "session.jsonl").read_text("utf-8").splitlines()]
    bets = {entry["by"]: entry["event"]["number"] for entry in log if entry["event"]["type"] == "bet"}
    assert {3, 9} <= set(bets.values())


def test_the_wrong_code_is_told_and_may_be_typed_again(eye, doors):
    phone = eye.open(doors.phones.replace(doors.code, "AAAAA"), (390, 844), has_touch=True)
    expect(phone.locator("p[role=alert]").last).to_contain_text("Ce n’est pas le code de la salle")
    phone.get_by_label("Code de la salle").fill(doors.code.lower())
    phone.click("button.main")
    expect(phone.locator("#name")).to_be_visible()
    assert_fits(phone)


def test_hostile_names_are_text_on_every_page(eye, doors, desk, show, join):
    name = "<img src=x onerror=x>"
    show(desk, "welcome")
    phone = eye.phone(doors)
    join(phone, name)
    expect(desk.locator(".people")).to_contain_text(name)
    show(desk, "play")
    phone.locator("button.actor").first.click()
    phone.locator("select").last.select_option("energy")
    phone.click("form button.main")
    expect(phone.locator("[role=status]")).to_contain_text("C’est noté")
    desk.locator(".panel button.main").click()
    expect(desk.locator(".news")).to_contain_text(name)
    assert desk.locator(".news img, .people img").count() == 0


def test_who_is_sent_out_is_told_and_may_join_anew(eye, doors, desk, show, join):
    show(desk, "welcome")
    phone = eye.phone(doors)
    join(phone, "Rude")
    desk.get_by_role("button", name="Faire sortir Rude").click()
    expect(phone.locator("p.lead[role=alert]")).to_contain_text("sortir de la salle")
    phone.reload()
    expect(phone.locator("#name")).to_be_visible()


def test_a_taken_actor_is_told_and_offered_no_more(eye, doors, desk, show, join):
    show(desk, "play")
    desk.get_by_role("button", name="Recommencer").click()
    first, second = eye.phone(doors), eye.phone(doors)
    for phone, name in ((first, "Un"), (second, "Deux")):
        join(phone, name)
        expect(phone.locator("button.actor").first).to_be_visible()
    chosen = first.locator("button.actor").first.inner_text()
    first.locator("button.actor").first.click()
    expect(first.locator("form")).to_be_visible()
    second.get_by_role("button", name=chosen.split("\n")[0]).first.click()
    expect(second.locator(".status")).to_contain_text("Quelqu’un joue déjà cet acteur")
