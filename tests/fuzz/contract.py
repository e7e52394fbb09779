"""What the OpenAPI document promises, by schemathesis: statuses, types and shapes of answers to
requests that follow the document, and to those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import strategies as st

from tests.fuzz.campaign import Family
from tests.fuzz.speech import PATIENCE_SECONDS, SilentError
from tests.fuzz.target import Target

if TYPE_CHECKING:
    import schemathesis

    Case: TypeAlias = schemathesis.Case[Any]

# The stream never ends. What it answers to odd queries is asked by the cases of addresses.
_ENDLESS = "/api/v1/events"
_SHARE = 6
# Things that are there, by the names of a path's variable parts.
_THERE: tuple[dict[str, str], ...] = (
    {"id": "ended"},
    {"id": "waiting"},
    {"folder": "input", "path": "fuzz.wav"},
    {"source": "saved", "name": "a.json"},
    {"source": "shipped", "name": "lofi-tape.json"},
)


class Contract:
    """Sends what schemathesis makes of the document. Raises ModuleNotFoundError where schemathesis
    is not installed; it comes with the extra `dev`."""

    def __init__(self, target: Target, document: dict[str, Any]) -> None:
        import requests
        import schemathesis
        from schemathesis.checks import not_a_server_error
        from schemathesis.specs.openapi import checks

        self._checks = [
            not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_schema_conformance,
        ]
        self._url = target.url
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy stands between the two
        plain = {key: _without_prefixes(value) for key, value in document.items()}
        self._schema = schemathesis.openapi.from_dict(plain)

    def family(self) -> Family:
        """Requests for all operations, half of them against the document."""
        cases = st.one_of(list(self._strategies()))
        return Family("contract", _SHARE, cases, self._attempt, lambda case: case.as_curl_command())

    def close(self) -> None:
        self._session.close()

    def _strategies(self) -> Iterator[st.SearchStrategy[Case]]:
        from schemathesis import GenerationMode
        from schemathesis.core.result import Ok

        for found in self._schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            if operation.path == _ENDLESS:
                continue
            yield operation.as_strategy(GenerationMode.POSITIVE)
            for places in _THERE:
                if all(f"{{{name}}}" in operation.path for name in places):
                    yield operation.as_strategy(GenerationMode.POSITIVE, path_parameters=places)
            if operation.query or operation.path_parameters or operation.body:
                yield operation.as_strategy(GenerationMode.NEGATIVE)

    def _attempt(self, case: Case) -> list[tuple[int, float]]:
        """Statuses and seconds. Raises AssertionError, SilentError."""
        import requests
        from schemathesis.core.failures import FailureGroup

        if isinstance(case.body, dict) and "webhook" in case.body:
            case.body["webhook"] = ""  # it would be called when the job ends
        try:
            answer = case.call(base_url=self._url, session=self._session, timeout=PATIENCE_SECONDS)
        except requests.Timeout as error:
            raise SilentError(f"no answer: {error}") from error
        try:
            case.validate_response(answer, checks=self._checks)
        except FailureGroup as error:
            raise AssertionError("; ".join(map(str, error.exceptions))) from error
        return [(answer.status_code, answer.elapsed)]


def _without_prefixes(schema: Any) -> Any:
    """The schema with lists of fixed length as lists of what their first item is: schemathesis
    4.32 turns `prefixItems` into a form that it then refuses itself."""
    if isinstance(schema, list):
        return [_without_prefixes(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _without_prefixes(inner) for key, inner in schema.items()}
    if "prefixItems" in found:
        first, *rest = found.pop("prefixItems")
        assert all(one == first for one in rest), "say more of lists whose items differ"
        found["items"] = first
    return found
