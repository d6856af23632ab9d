"""Where the workshop can be reached: addresses, QR codes, and whether a page asks from where it should."""

import contextlib
import ipaddress
import socket
from typing import Any

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # what --network asks for


def local_address() -> str:
    """Address of this machine on its network; the loopback where it has none.

    No packet is sent: asking the system for a route is enough. A router that leads nowhere gives none: then the
    addresses of this machine's name are tried.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        return probe.getsockname()[0]
    with contextlib.suppress(OSError):
        own = [str(place[4][0]) for place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
        return next((address for address in own if not address.startswith("127.")), LOOPBACK)
    return LOOPBACK


def is_expected(host: str) -> bool:
    """Whether a Host header names this machine: by an address, "localhost" or its own name.

    Any other name may be one that somebody else made point here.
    """
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        own = socket.gethostname().lower()
        return name.lower() in ("localhost", own, f"{own}.local")
    return True


def is_same_origin(origin: str | None, host: str) -> bool:
    """Whether a page that names its origin comes from this server; programs that are no browser name none."""
    return origin is None or origin in (f"http://{host}", f"https://{host}")


def qr_code(content: str) -> str:
    """A QR code as the address (data:) of an SVG, with its quiet zone, on a white ground."""
    import segno

    return _drawn(segno.make(content, error="m"))


def wifi_qr_code(name: str, password: str) -> str:
    """A QR code that joins a Wi-Fi network, as the address of an SVG."""
    from segno import helpers

    return _drawn(helpers.make_wifi(ssid=name, password=password or None, security="WPA" if password else None))


def _drawn(code: Any) -> str:
    return code.svg_data_uri(omitsize=True, border=2, dark="#222222", light="#ffffff")
