import socket

import pytest
from pytest_socket import SocketBlockedError, SocketConnectBlockedError

ELSEWHERE = ("192.0.2.1", 80)
"""Reserved for documentation (RFC 5737): nobody answers there."""


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_sockets_are_off() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket()


@pytest.mark.socket
@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_marked_test_reaches_this_machine_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()

    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(ELSEWHERE)
