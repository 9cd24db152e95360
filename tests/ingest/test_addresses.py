from __future__ import annotations

import pytest

from ingest.addresses import is_public, system_resolver


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("2001:0:7f00:1::", "::127.0.0.1", "no address", ""),
        *("64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "64:ff9b:1::7f00:1", "2606:4700::5efe:10.0.0.1", "fd00:ec2::254"),
        *("2606:4700::200:5efe:127.0.0.1", "fe80::a9fe:a9fe%1", "::ffff:0:127.0.0.1", "3fff::1", "5f00::1"),
        *("100.100.100.200", "168.63.129.16", "192.0.0.8", "192.0.0.192", "192.88.99.1", "0.1.2.3", "127.1"),
    ],
)
def test_what_is_not_the_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_open_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0x7f000001",
        "0",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
    ],
)
def test_every_spelling_of_loopback_is_seen_through(name: str) -> None:
    assert not any(map(is_public, system_resolver(name, 80)))
