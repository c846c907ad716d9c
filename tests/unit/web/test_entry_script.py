"""pyselfie.js where there is no page: on a server that renders one, in a build script."""

import subprocess

from builder.paths import ROOT

ENTRY = ROOT / "web" / "pyselfie.js"


def test_entry_script_can_be_imported_without_a_page():
    """Node has no elements and no workers; importing defines nothing and fails at nothing."""
    code = f"import({ENTRY.as_uri()!r}).then((names) => console.log(Object.keys(names).sort().join()))"
    done = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True)
    assert (
        done.stdout.strip()
        == "SelfieSegmentationElement,mountEditor,mountTrace,preload,processTrack,registerOffline,setSite,support"
    )
