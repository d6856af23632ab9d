"""A server killed in the middle of a round comes back where it was, for everyone; two sessions share nothing."""

import json
import re

from playwright.sync_api import expect


def test_killed_in_the_middle_of_a_round_everyone_comes_back(open_workshop, small_files, eye, join, show):
    doors = open_workshop("killed", scenarios=small_files)
    desk, wall = eye.open(doors.facilitator), eye.open(doors.screen)
    phones = [eye.phone(doors) for _ in range(3)]
    for number, phone in enumerate(phones):
        join(phone, f"Joueur {number}")
        expect(phone.locator(".lead")).to_be_visible()
    show(desk, "bet")
    for number, phone in enumerate(phones):
        phone.fill("input[type=number]", str(10 + number))
        phone.click("form button.main")
        expect(phone.locator("[role=status]")).to_contain_text(str(10 + number))
    show(desk, "play")
    names = []
    for number, phone in enumerate(phones):
        phone.locator("button.actor").nth(number).click()
        expect(phone.locator("form")).to_be_visible()
        names.append(phone.inner_text("h2"))
    desk.locator(".panel button.main").click()
    expect(wall.locator(".when")).to_have_text("Année 1 sur 3")
    # in the second round one has decided, the others have not
    phones[0].get_by_text("Je refuse et je me retire").click()
    phones[0].click("form button.main")
    expect(wall.locator(".lead")).to_contain_text(re.compile("1 décisions? prêtes?"))
    before = (doors.folder / "session.jsonl").read_text("utf-8")
    words = wall.inner_text(".place")

    eye.forgiven = "ERR_CONNECTION_REFUSED"
    doors.kill()
    for page in (desk, wall, *phones):
        expect(page.locator(".status")).to_contain_text("Connexion perdue")
    port = int(doors.host.rpartition(":")[2])
    back = open_workshop("", folder=doors.folder, port=port, scenarios=small_files)
    assert (back.facilitator, back.screen, back.phones) == (doors.facilitator, doors.screen, doors.phones)
    for page in (desk, wall, *phones):
        expect(page.locator(".status")).to_have_text("")
    expect(desk.locator(".present")).to_contain_text("3 en ligne")
    wall.reload()
    expect(wall.locator(".telling")).to_contain_text("Après 1 an de jeu")
    assert wall.inner_text(".place") == words
    for phone, name in zip(phones, names, strict=True):
        phone.reload()
        expect(phone.locator("h2")).to_have_text(name)
    expect(phones[0].locator("input[value=closed]")).to_be_checked()
    expect(phones[0].locator("[role=status]")).to_contain_text("C’est noté")
    assert (doors.folder / "session.jsonl").read_text("utf-8") == before
    desk.locator(".panel button.main").click()
    expect(wall.locator(".when")).to_have_text("Année 2 sur 3")
    show(desk, "bet")
    for number, phone in enumerate(phones):
        expect(phone.locator("[role=status]")).to_contain_text(str(10 + number))


def test_two_sessions_side_by_side_share_nothing(open_workshop, small_files, browser, eye, join, show):
    one, other = (open_workshop(name, scenarios=small_files) for name in ("one", "other"))
    desks = [eye.open(doors.facilitator) for doors in (one, other)]
    # one phone, one browser's memory, both rooms
    phone = eye.phone(one)
    join(phone, "Nomade")
    show(desks[0], "bet")
    phone.fill("input[type=number]", "17")
    phone.click("form button.main")
    expect(phone.locator("[role=status]")).to_contain_text("17")
    second = phone.context.new_page()
    second.goto(other.phones)
    expect(second.locator("#name")).to_be_visible()
    expect(second.locator("#name")).to_have_value("")
    expect(desks[1].locator(".viewer[data-screen=prepare]")).to_be_visible()
    expect(desks[1].locator(".present")).to_contain_text("0 personne")
    show(desks[1], "welcome")
    expect(desks[0].locator(".viewer[data-screen=bet]")).to_be_visible()
    assert one.code != other.code
    stranger = eye.open(one.facilitator.replace(one.token, other.token))
    expect(stranger.locator("[role=alert]").last).to_contain_text("bonne clé")
    log = [json.loads(line) for line in (other.folder / "session.jsonl").read_text("utf-8").splitlines()]
    assert [entry["event"]["type"] for entry in log] == ["prepare", "show"]


def test_worlds_that_cannot_be_played_are_told_and_others_go_on(open_workshop, scenarios, eye, show, assert_said, join):
    doors = open_workshop("tight", scenarios=[scenarios[name].source for name in ("small", "call", "tight")])
    desk, wall, phone = eye.open(doors.facilitator), eye.open(doors.screen), eye.phone(doors)
    join(phone, "Zoé")
    trouble = desk.locator("aside .told", has_text="ne peuvent pas être joués")
    expect(desk.locator(".checks li, li").filter(has_text="tirages sont prêts").first).to_contain_text("✓")

    def prepare(b: str) -> None:
        show(desk, "prepare")
        desk.locator("form select").nth(1).select_option(b)
        desk.click("form button.main")

    prepare("tight")
    expect(trouble).to_contain_text("« projects »")
    expect(wall.locator(".status")).to_contain_text("ne peuvent pas être joués")
    expect(desk.locator("body")).not_to_contain_text("tirages sont prêts")
    for screen in ("compare", "levers", "luck", "fates", "play", "debrief"):
        show(desk, screen)
        expect(wall.locator(f".viewer[data-screen={screen}]")).to_be_visible()
        for page in (desk, wall):
            assert_said(page)
    show(desk, "play")
    desk.locator(".panel button.main").click()
    expect(desk.locator("aside .told").last).to_contain_text("ne peuvent pas être joués")
    assert len(doors.folder.joinpath("session.jsonl").read_text("utf-8").split('"round"')) == 1
    show(desk, "takeaway")
    with desk.expect_download() as table:
        desk.locator(".panel button", has_text="CSV").click()
    assert "Trop serré" in table.value.path().read_text("utf-8-sig")
    other = eye.open(doors.facilitator.replace("/facilitator", "/facilitator?lang=en"))
    expect(other.locator("aside .told", has_text="cannot be played")).to_contain_text("the array “projects” is full")
    other.context.close()

    prepare("call")
    expect(trouble).to_have_count(0)
    expect(wall.locator(".status")).to_have_text("")
    show(desk, "levers")
    lever = desk.locator("input[type=range]").first
    lever.focus()
    lever.press("ArrowRight")
    show(desk, "play")
    expect(phone.locator("button.actor").first).to_be_visible()
    show(desk, "luck")
    expect(wall.locator(".telling")).not_to_contain_text("Calcul en cours")
