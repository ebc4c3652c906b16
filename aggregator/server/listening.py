"""Where a server that listens can be asked from the machine that it runs on. Pure."""

from ipaddress import IPv6Address, ip_address


def url_of(host: str, port: int) -> str:
    """Give a URL that leads to a server at the address `host`; to listen on every address is to listen on the loopback one too."""
    try:
        address = ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if isinstance(address, IPv6Address):
        # RFC 6874 section 2: the percent sign before a zone is escaped.
        shown = "::1" if address.is_unspecified else host.replace("%", "%25")
        return f"http://[{shown}]:{port}"
    return f"http://{'127.0.0.1' if address.is_unspecified else host}:{port}"
