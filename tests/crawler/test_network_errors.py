"""The words of the ledger for what a network did."""

from __future__ import annotations

import pytest
from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from twisted.internet.error import ConnectionLost, DNSLookupError
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed, ResponseNeverReceived

from collector.crawler.network.network_errors import error_class


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (CannotResolveHostError("a.example"), "dns"),
        (DNSLookupError(), "dns"),
        (DownloadTimeoutError("Getting https://a.example/ took longer"), "timeout"),
        (ResponseDataLossError(), "truncated"),
        (DownloadConnectionRefusedError(), "refused"),
        (UnsupportedURLSchemeError(), "scheme"),
        (DownloadFailedError(), "reset"),
        (ConnectionResetError(), "reset"),
        (VerificationError(errors=[]), "tls"),
        (KeyError("https://a.example/secret"), "KeyError"),
    ],
)
def test_the_error_itself(error, name):
    assert error_class(error) == name


def test_a_cause_says_more_than_what_was_made_of_it():
    """A failed handshake is a broken connection by Twisted's words, and no certificate by its reason."""
    failed = ResponseNeverReceived([Failure(ConnectionLost()), Failure(TlsError([("SSL", "", "verify failed")]))])
    error = DownloadFailedError()
    error.__cause__ = failed
    assert error_class(error) == "tls"
    assert error_class(ResponseFailed([Failure(DNSLookupError())])) == "dns"


def test_causes_that_lead_to_each_other_end():
    one, two = DownloadFailedError(), ValueError()
    one.__cause__, two.__context__ = two, one
    assert error_class(one) == "reset"
    assert error_class(two) == "reset"
