"""Watches: replay, selection, bookmarks, versions that are too old, other forms."""

from cases import Book
from kinds import CONFIG_MAP, DEPLOYMENT, GATEWAY, NAMESPACE, SECRET, SERVICE, sample
from talk import METADATA

BOOK = Book("watch")


def history(talk, kind, *names):
    """Creates, changes and deletes; answers the version from before."""
    before = talk.list(kind, quiet=True).version
    for name in names:
        talk.create(kind, sample(kind, name), quiet=True).ok()
        talk.patch(kind, name, {"metadata": {"labels": {"step": "two"}}}, quiet=True).ok()
        talk.delete(kind, name, quiet=True).ok()
    return before


for KIND in (CONFIG_MAP, SECRET, SERVICE, GATEWAY):

    def replay(talk, kind=KIND):
        before = history(talk, kind, "a", "b")
        talk.watch(kind, 6, resourceVersion=before, title="replay")
        talk.watch(kind, 3, resourceVersion=before, fieldSelector="metadata.name=b", title="one name")
        talk.watch(kind, 3, resourceVersion=before, labelSelector="step=two,app=web", title="what comes and goes")
        talk.watch(kind, 3, resourceVersion=before, Accept=METADATA, title="metadata alone")
        talk.watch(kind, 1, resourceVersion=before, labelSelector="no=such", seconds=1, title="nothing")
        talk.watch(kind, 6, resourceVersion=before, timeoutSeconds=1, title="ended by the server")

    BOOK.add(f"{KIND}/replay", replay)

    def present(talk, kind=KIND):
        for name in ("a", "b"):
            talk.create(kind, sample(kind, name), quiet=True)
        talk.list(kind, quiet=True)
        talk.watch(kind, 2, labelSelector="app=web", title="without a version")
        talk.watch(kind, 2, labelSelector="app=web", resourceVersion="0", title="from zero")
        talk.watch(
            kind,
            3,
            labelSelector="app=web",
            sendInitialEvents=True,
            allowWatchBookmarks=True,
            resourceVersionMatch="NotOlderThan",
            title="initial events and their bookmark",
        )
        talk.watch(
            kind,
            3,
            labelSelector="app=web",
            sendInitialEvents=True,
            allowWatchBookmarks=True,
            resourceVersionMatch="NotOlderThan",
            Accept=METADATA,
            title="the same, metadata alone",
        )

    BOOK.add(f"{KIND}/present objects", present)


@BOOK.case("resumes where it stopped")
def _(talk):
    before = history(talk, CONFIG_MAP, "a", "b")
    first = talk.watch(CONFIG_MAP, 2, resourceVersion=before, title="two events")
    last = first.events[-1]["object"]["metadata"]["resourceVersion"]
    second = talk.watch(CONFIG_MAP, 4, resourceVersion=last, title="the other four")
    versions = [int(e["object"]["metadata"]["resourceVersion"]) for e in first.events + second.events]
    talk.note("versions grow", versions == sorted(set(versions)))


@BOOK.case("from a deletion")
def _(talk):
    talk.create(SECRET, sample(SECRET, "a"))
    live = talk.get(SECRET, "a")
    talk.delete(SECRET, "a", quiet=True)
    found = talk.watch(SECRET, 1, resourceVersion=live.version, title="the deletion")
    talk.note("its version is new", int(found.events[0]["object"]["metadata"]["resourceVersion"]) > int(live.version))


@BOOK.case("an object enters and leaves a selection")
def _(talk):
    before = talk.list(CONFIG_MAP, quiet=True).version
    talk.create(CONFIG_MAP, CONFIG_MAP.object("m", {"labels": {"in": "no"}}), quiet=True)
    for value in ("yes", "still", "no", "yes"):
        talk.patch(CONFIG_MAP, "m", {"metadata": {"labels": {"in": value}}}, quiet=True)
    talk.watch(CONFIG_MAP, 4, resourceVersion=before, labelSelector="in=yes", title="in=yes")
    talk.watch(CONFIG_MAP, 4, resourceVersion=before, labelSelector="in!=no,in", title="in!=no")


@BOOK.case("bookmark before the end")
def _(talk):
    talk.list(CONFIG_MAP, quiet=True)
    version = talk.create(CONFIG_MAP, sample(CONFIG_MAP, "m"), quiet=True).version
    # A second one may follow, as the real server looks at its watches once a second.
    talk.watch(
        CONFIG_MAP, 1, resourceVersion=version, allowWatchBookmarks=True, timeoutSeconds=4, seconds=8, title="four seconds"
    )


@BOOK.case("versions that cannot be")
def _(talk):
    talk.watch(CONFIG_MAP, 1, resourceVersion="abc", title="text")
    talk.watch(CONFIG_MAP, 1, resourceVersion="-1", title="negative")
    talk.watch(CONFIG_MAP, 1, resourceVersion="5", resourceVersionMatch="Exact", title="exact")
    talk.watch(CONFIG_MAP, 1, sendInitialEvents=True, title="initial events without match")
    talk.watch(
        CONFIG_MAP, 1, sendInitialEvents=True, resourceVersionMatch="NotOlderThan", seconds=2, title="without bookmarks"
    )
    talk.watch(CONFIG_MAP, 1, labelSelector="a b", title="bad selector")
    talk.watch(CONFIG_MAP, 1, fieldSelector="data.a=1", title="bad field")
    talk.watch(CONFIG_MAP, 1, timeoutSeconds="x", title="bad timeout")
    talk.watch(CONFIG_MAP, 1, limit="2", seconds=2, title="with a limit")
    talk.watch(CONFIG_MAP, 1, Accept="text/html", title="not acceptable")


@BOOK.case("too old")
def _(talk):
    for kind in (CONFIG_MAP, SECRET, NAMESPACE):
        found = talk.watch(kind, 1, ns=talk.ns, resourceVersion="1", seconds=2, title="kept from comparison").events
        talk.steps.pop()
        event = found[0] if found else {}
        status = event.get("object") or {}
        talk.note(
            f"{kind} from the first version",
            {
                "type": event.get("type"),
                "code": status.get("code"),
                "reason": status.get("reason"),
                "message": status.get("message", "").split(":")[0],
                "kind": status.get("kind"),
            },
        )


@BOOK.case("in all namespaces")
def _(talk):
    before = history(talk, SECRET, "a")
    talk.watch(
        SECRET, 3, ns=talk.ns, resourceVersion=before, fieldSelector=f"metadata.namespace={talk.ns}", title="this namespace"
    )


@BOOK.case("a deployment's way to availability")
def _(talk):
    before = talk.list(DEPLOYMENT, quiet=True).version
    talk.create(DEPLOYMENT, sample(DEPLOYMENT, "web"))
    found = talk.watch(DEPLOYMENT, 50, resourceVersion=before, seconds=2, title="not compared")
    talk.steps.pop()
    last = found.events[-1]["object"]
    talk.note("it comes as added", found.events[0]["type"])
    talk.note("the last event is the present object", last == talk.get(DEPLOYMENT, "web", quiet=True).body)


@BOOK.case("one object by its own path")
def _(talk):
    talk.create(CONFIG_MAP, sample(CONFIG_MAP, "m"), quiet=True)
    before = talk.list(CONFIG_MAP, quiet=True).version
    talk.delete(CONFIG_MAP, "m", quiet=True)
    answer = talk.api.watch(f"{talk.path(CONFIG_MAP, 'm')}?watch=true&resourceVersion={before}", 1)
    talk.note("events", [e["type"] for e in answer.events or []])
