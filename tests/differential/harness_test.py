"""The comparison itself: what it must see, and what it must not. Needs no server."""

import types
import unittest

from compare import differences
from normal import Normal, written_by
from server import Answer


def talk(*bodies, sent=()):
    steps = [
        types.SimpleNamespace(title="GET /x", answer=Answer(200, {"content-type": "application/json"}, body))
        for body in bodies
    ]
    return types.SimpleNamespace(steps=steps, sent=list(sent), api=types.SimpleNamespace(ca="CA"))


def found(real, other):
    """The fields in which two talks differ."""
    written = written_by(real, other)
    left, right = Normal(real, written), Normal(other, written)
    return [
        path
        for one, two in zip(real.steps, other.steps)
        for path, _, _ in differences(left.answer(one.answer), right.answer(two.answer))
    ]


class Harness(unittest.TestCase):
    def test_values_that_no_two_servers_share_agree(self):
        one = '{"metadata":{"uid":"11111111-1111-1111-1111-111111111111","resourceVersion":"17","creationTimestamp":"2026-01-01T00:00:00Z"}}'
        two = '{"metadata":{"uid":"22222222-2222-2222-2222-222222222222","resourceVersion":"99","creationTimestamp":"2026-01-02T00:00:00Z"}}'
        self.assertEqual(found(talk(one), talk(two)), [])

    def test_a_value_that_changes_on_one_side_alone_differs(self):
        old, new = '{"metadata":{"resourceVersion":"17"}}', '{"metadata":{"resourceVersion":"18"}}'
        self.assertEqual(found(talk(old, old), talk(old, new)), ["body.metadata.resourceVersion"])
        self.assertEqual(found(talk(old, new), talk(old, old)), ["body.metadata.resourceVersion"])

    def test_fields_types_and_lengths_differ(self):
        for real, other, path in (
            ('{"a":1}', '{"a":"1"}', "body.a"),
            ('{"a":1}', '{"a":true}', "body.a"),
            ('{"a":null}', "{}", "body.a"),
            ('{"a":[1]}', '{"a":[1,2]}', "body.a (1 items there, 2 here)"),
            ('{"a":[1,2]}', '{"a":[2,1]}', "body.a[0]"),
            ('{"a":{}}', "{}", "body.a"),
            ('{"a":"x"}', '{"a":"y"}', "body.a"),
        ):
            self.assertEqual(found(talk(real), talk(other))[:1], [path], real)

    def test_what_the_case_wrote_is_compared_as_it_is(self):
        one, two = '{"ip":"192.0.2.1"}', '{"ip":"192.0.2.2"}'
        self.assertEqual(found(talk(one), talk(two)), [])
        self.assertEqual(found(talk(one, sent=[one]), talk(two, sent=[one])), ["body.ip"])

    def test_managers_may_not_stand_in_another_order_than_their_times(self):
        entry = '{"manager":"%s","operation":"%s","time":"2026-01-01T00:00:0%dZ"}'
        body = '{"managedFields":[%s,%s]}'
        good = body % (entry % ("a", "Apply", 2), entry % ("b", "Update", 1))
        bad = body % (entry % ("b", "Update", 1), entry % ("a", "Apply", 2))
        self.assertEqual(found(talk(good), talk(good)), [])
        self.assertTrue(found(talk(good), talk(bad)))

    def test_generated_names_are_followed_into_messages(self):
        one = '{"metadata":{"generateName":"x-","name":"x-bcdfg"},"message":"x-bcdfg is there"}'
        two = one.replace("bcdfg", "hjklm")
        self.assertEqual(found(talk(one), talk(two)), [])
        self.assertTrue(found(talk(one), talk(two.replace("is there", "is here"))))


if __name__ == "__main__":
    unittest.main()
