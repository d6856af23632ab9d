"""Who may ask: hosts, origins; where phones are sent."""

import socket

import pytest

from ectsim.workshop import addresses
from ectsim.workshop.addresses import is_expected, is_same_origin, local_address, qr_code, wifi_qr_code


@pytest.mark.parametrize(
    ("host", "right"),
    [
        ("127.0.0.1:8765", True),
        ("192.168.1.7", True),
        ("192.168.1.7:80", True),
        ("[::1]:8765", True),
        ("[::1]", True),
        ("localhost:8765", True),
        ("evil.example:8765", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_only_names_of_this_machine_are_expected(host: str, right: bool):
    assert is_expected(host) is right


def test_the_machine_s_own_name_is_expected():
    assert is_expected(f"{socket.gethostname()}:8765")


@pytest.mark.parametrize(
    ("origin", "right"),
    [
        (None, True),
        ("http://10.0.0.2:8765", True),
        ("https://10.0.0.2:8765", True),
        ("http://10.0.0.2", False),
        ("http://10.0.0.2:8765.evil.example", False),
        ("null", False),
        ("http://evil.example", False),
    ],
)
def test_the_origin_is_the_host(origin: str | None, right: bool):
    assert is_same_origin(origin, "10.0.0.2:8765") is right


class NoRoute(socket.socket):
    """A socket of a machine whose router leads nowhere."""

    def connect(self, address):
        raise OSError("unreachable")


def test_a_router_that_leads_nowhere_still_gives_an_address(monkeypatch):
    monkeypatch.setattr(addresses.socket, "socket", NoRoute)
    known = [(0, 0, 0, "", (address, 0)) for address in ("127.0.1.1", "192.168.8.10")]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_: known)
    assert local_address() == "192.168.8.10"
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_: known[:1])
    assert local_address() == "127.0.0.1"


def test_qr_codes_are_drawings_that_ask_for_nothing():
    for code in (qr_code("http://10.0.0.2:8765/#ABCDE"), wifi_qr_code("Salle; des fêtes", "motdepasse")):
        assert code.startswith("data:image/svg+xml")
        assert "http://10" not in code
