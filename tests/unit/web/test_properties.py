"""The element's properties and its attributes, in Node: no document is there, the attributes are an object."""

from __future__ import annotations

from tests.unit.web.node_kit import run_node


def test_a_property_says_what_counts() -> None:
    """Frameworks write its name in lower case as an attribute; a camera is asked by what the property says."""
    found = run_node(
        """
const { ElementProperties } = await import(`${web}/js/element/properties.js`);
class Element extends ElementProperties {
  attributes = {};
  hasAttribute = (name) => name in this.attributes;
  getAttribute = (name) => this.attributes[name] ?? null;
  setAttribute = (name, text) => { this.attributes[name] = text; };
  removeAttribute = (name) => { delete this.attributes[name]; };
}
const element = new Element();
const seen = [];
const look = () => seen.push([element.platformBlur, element.maskSource, element.modelSelection]);
look();
Object.assign(element.attributes, { platformblur: "off", masksource: "auto", modelselection: "1" });
look();
Object.assign(element.attributes, { "platform-blur": "keep" });
look();
element.maskSource = null;
look();
say(seen);
"""
    )
    assert found == [[None, None, 3], ["off", "auto", 1], ["keep", "auto", 1], ["keep", None, 1]]
