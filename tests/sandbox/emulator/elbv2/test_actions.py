from xml.etree import ElementTree

from ministack.services import alb

from sandbox.emulator.elbv2.actions import _writing_forwards


def test_a_page_with_markup_is_text_in_the_answer() -> None:
    page = "<h1>down & out</h1>"
    action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": page}}
    found = ElementTree.fromstring(_writing_forwards(alb._action_xml)(action)).find(".//MessageBody")
    assert found is not None
    assert found.text == page
    assert action["FixedResponseConfig"]["MessageBody"] == page
