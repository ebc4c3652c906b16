"""Problem pages: what a browser shows where there is no document."""

import pytest

from aggregator.site.problem_pages import ProblemPages
from tests.aggregator.site.looking import parsed, texts
from tests.aggregator.workshop import Workshop


@pytest.fixture
def problem_pages(workshop: Workshop) -> ProblemPages:
    with workshop.wired() as (wiring, _):
        return ProblemPages(wiring.templates)


@pytest.mark.parametrize("status", [400, 404, 405, 410, 503])
def test_every_problem_has_a_page_in_the_look_of_the_site(problem_pages: ProblemPages, status: int) -> None:
    body = problem_pages(status, "One & another.\nA <second> line.\n")
    assert body is not None
    shown = parsed(body)
    assert texts(shown, "//main//p")[:3] == [str(status), "One & another.", "A <second> line."]
    assert texts(shown, "//header/div/a") == ["The Harbour Wire"]
    assert shown.xpath('//meta[@name="robots"]/@content') == ["noindex"]


def test_what_is_no_problem_has_none(problem_pages: ProblemPages) -> None:
    assert problem_pages(412, "Not that one.") is None
