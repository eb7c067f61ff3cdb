"""The shortest policy that is one."""

from __future__ import annotations

MINIMAL = """\
[collection]
id = "test"
title = "Test"
purpose = "to test"
legal_basis = "consent"
[controller]
name = "Somebody"
contact = "a@example.org"
[crawler]
product_token = "test-bot"
info_url = "https://example.org/bot"
contact = "a@example.org"
[retention]
development = "180d"
"""
