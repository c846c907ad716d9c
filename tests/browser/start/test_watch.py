"""`build.py serve --watch`: a change is built and shown, a mistake is told and changes nothing."""

import threading

from builder import contents
from builder.serving.serve import Server
from builder.serving.watch import Reloading, watch
from builder.site import templates

MISTAKE = "build.py: the template index.html.j2 is wrong in line 2: Expected an expression"


def test_page_follows_its_template(launch, origins, tmp_path, capsys):
    """A changed template reloads the page; a broken one leaves it, with one sentence; mended, it is shown."""
    source, target = tmp_path / "templates", tmp_path / "dist"
    source.mkdir()

    def write(text):
        head = '<!doctype html><html lang=en><title>T</title><link rel=icon href="data:,">'
        (source / "index.html.j2").write_text(f"{head}\n<p>{text}</p>\n")

    def rebuild():
        contents.write_site(templates.render(templates.environment(source), {}), target)

    write("one")
    rebuild()
    end, server = threading.Event(), Server(target)
    server.application = reloading = Reloading(server.application)
    watcher = threading.Thread(target=watch, args=((source,), lambda: None, rebuild, reloading.renew, end))
    with server:
        origins.add(server.url.rstrip("/"))
        watcher.start()
        try:
            page = launch()
            page.goto(server.url)
            page.get_by_text("one", exact=True).wait_for()
            write("two")
            page.get_by_text("two", exact=True).wait_for()
            version = reloading.version
            write("{% if %}")
            told = ""
            while "stays as it was" not in told:
                page.wait_for_timeout(100)
                told += capsys.readouterr().err
            assert told.startswith(MISTAKE)
            assert reloading.version == version
            assert page.get_by_text("two", exact=True).is_visible()
            write("three")
            page.get_by_text("three", exact=True).wait_for()
            page.close()  # it asks until then
        finally:
            end.set()
            watcher.join()
    assert "reload" not in (target / "index.html").read_text()
