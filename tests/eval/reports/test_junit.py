from typing import Any

import pytest
from lxml import etree

from eval.reports.junit import junit
from eval.results import Result
from eval.verdicts import GateResult
from tests.eval.reports.doubles import case, claim, failed, gate, result

# What CI servers agree on: the elements, their order, and the attributes they must have.
SCHEMA = etree.XMLSchema(
    etree.XML("""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:complexType name="told"><xs:simpleContent><xs:extension base="xs:string">
    <xs:attribute name="message" use="required"/><xs:attribute name="type"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:element name="testsuites"><xs:complexType><xs:sequence>
    <xs:element name="testsuite" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
        <xs:choice minOccurs="0">
          <xs:element name="skipped" type="told"/>
          <xs:element name="error" type="told"/>
          <xs:element name="failure" type="told"/>
        </xs:choice>
        <xs:element name="system-out" type="xs:string" minOccurs="0"/>
      </xs:sequence>
      <xs:attribute name="name" use="required"/><xs:attribute name="classname" use="required"/>
      </xs:complexType></xs:element>
    </xs:sequence>
    <xs:attribute name="name" use="required"/>
    <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
    </xs:complexType></xs:element>
  </xs:sequence>
  <xs:attribute name="name"/><xs:attribute name="tests"/><xs:attribute name="failures"/><xs:attribute name="errors"/>
  </xs:complexType></xs:element>
</xs:schema>""")
)


def parsed(run: Result, told: GateResult | None = None) -> Any:
    tree = etree.fromstring(junit(run, told).encode())
    SCHEMA.assertValid(tree)
    for suite in tree:
        for plural, kind in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
            assert int(suite.get(plural)) == len(suite.findall(f"testcase/{kind}"))
        assert int(suite.get("tests")) == len(suite)
    assert int(tree.get("tests")) == sum(len(suite) for suite in tree)
    return tree


def test_case(tree: Any, name: str) -> Any:
    return tree.find(f".//testcase[@name='{name}']")


test_case.__test__ = False  # type: ignore[attr-defined]


def test_without_a_gate_a_case_fails_that_came_out_wrong() -> None:
    tree = parsed(result(case("good"), case("bad", 0.0, "it cites\nno gold"), failed(), case("open", None, "no gold")))
    assert [suite.get("name") for suite in tree] == ["cases"]
    assert [child.tag for child in test_case(tree, "good")] == ["system-out"]
    assert test_case(tree, "bad").find("failure").get("message") == "it cites no gold"
    assert test_case(tree, "failed").find("error").text == "The disk is full."
    assert test_case(tree, "open").find("skipped").get("message") == "unscored: no gold"


def test_a_claim_fails_that_was_misjudged() -> None:
    tree = parsed(result(claim("wrong", 0.0), claim("well", 1.0)))
    assert test_case(tree, "wrong").find("failure") is not None
    assert test_case(tree, "well").find("failure") is None


def test_what_nothing_says_is_right_is_skipped() -> None:
    tree = parsed(result(case("ranked", scores={})))
    assert test_case(tree, "ranked").find("skipped") is not None


def test_with_a_gate_a_case_fails_that_got_worse() -> None:
    tree = parsed(result(case("good"), case("bad", 0.0), case("still-bad", 0.0)), gate())
    failure = test_case(tree, "bad").find("failure")
    assert failure.get("message") == "worse than the baseline: right 1 → 0"
    assert failure.text == "no gold sentence is cited"
    assert test_case(tree, "still-bad").find("failure") is None
    assert test_case(tree, "good").find("failure") is None


def test_the_gate_is_a_suite_of_its_bounded_metrics() -> None:
    tree = parsed(result(), gate("worse"))
    suite = tree.find("testsuite[@name='gate']")
    assert [each.get("name") for each in suite] == ["right", "exactness"]
    failure = test_case(tree, "right").find("failure")
    assert failure.get("message") == "right is 0.500, bounds ≥ 0.55"
    assert failure.text == "0.500 is under 0.55"


def test_what_is_broken_is_an_error() -> None:
    tree = parsed(result(), gate("broken"))
    assert test_case(tree, "right").find("error") is not None
    assert test_case(tree, "faults").find("error").text == "failed: The disk is full."


def test_the_output_tells_the_question_and_why() -> None:
    tree = parsed(result(case("bad", 0.0, "no gold")))
    assert test_case(tree, "bad").find("system-out").text == "bad, please?\nright: no gold"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ufffe", "\ud800"])
def test_what_xml_forbids_is_escaped(character: str) -> None:
    tree = parsed(result(case(f"a{character}b", 0.0, f"<why>{character}&", question=f"q{character}]]>")))
    found = tree.find(".//testcase")
    assert found.get("name") == f"a\\u{ord(character):04x}b"
    assert f"<why>\\u{ord(character):04x}&" in found.find("system-out").text
