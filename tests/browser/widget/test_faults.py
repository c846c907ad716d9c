"""The widget when its engine fails: what it shows, and what the page around it hears."""

from tests.browser.element.element_kit import SAMPLE
from tests.browser.widget.widget_kit import Host
from tests.browser.workers import in_worker


def test_an_engine_that_stops_is_no_longer_running(launch, site, other):
    """The worker dies and cannot be started again: the state says so, beside the sentence."""
    host = Host(launch(), site, other, src=SAMPLE).wait_painted()
    page = host.page
    assert host.ask(type="state")["state"]["running"] is True
    page.expected_errors += ["net::ERR_FAILED"]
    page.context.route("**/pyodide.asm.*", lambda route: route.abort())
    in_worker(page, "setTimeout(() => { throw new Error('provoked') })", frame=page.frames[-1])
    page.wait_for_function("() => heard.some(({ data }) => data.type === 'error')")
    assert host.ask(type="state")["state"]["running"] is False
    told = page.evaluate("heard.find(({ data }) => data.type === 'error').data.message")
    assert host.frame.locator("#message").inner_text() == told


def test_no_percentage_stays_where_no_picture_comes(launch, site, other):
    """The source can't be had: once the engine is ready, its download's last number is gone, and the sign is there."""
    host = Host(launch(), site, other, src="missing.jpg")
    host.page.expected_errors += ["404"]
    host.page.wait_for_function("() => heard.some(({ data }) => data.type === 'ready')")
    assert host.frame.locator("#progress svg").is_visible()
    assert host.frame.locator("#percent").inner_text() == ""
