"""The conversation page where its script does not run."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.page_clinic import page_clinic
from tests.page_gateway import SITE, Gateway

pytestmark = pytest.mark.needs("chromium")


def test_a_script_that_does_not_come_leaves_a_page_that_says_how_to_reach_the_clinic(
    browser: Browser, gateway: Gateway
):
    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", gateway)
    page.route("**/conversation.js", lambda route: route.abort())
    page.goto(f"{SITE}/embed/belle-rive")
    said = page.locator("#unstarted")
    expect(said).to_be_hidden()
    said.evaluate("(one) => one.getAnimations()[0].finish()")  # some seconds later
    expect(said.get_by_role("link", name=page_clinic().phone)).to_be_visible()
    context.close()


def test_without_scripts_the_page_says_how_to_reach_the_clinic(browser: Browser, gateway: Gateway):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route("**/*", gateway)
    page.goto(f"{SITE}/embed/belle-rive")
    expect(page.get_by_role("link", name=page_clinic().phone)).to_be_visible()
    expect(page.get_by_role("link", name=page_clinic().email)).to_be_visible()
    expect(page.get_by_role("textbox")).to_be_hidden()
    context.close()
