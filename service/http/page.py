"""Routes: the web page and its files, each with the page's own policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response

from service.http.handlers import ProblemError
from service.http.problems import NOT_FOUND

FOLDER = Path(__file__).parent / "web"
INDEX = "index.html"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing from elsewhere, nothing inline, and no text that a script could turn into markup."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page as it is sent; `tag` changes with its content."""

    content: bytes
    media_type: str
    tag: str

    @classmethod
    def read(cls, path: Path) -> Asset:
        """The file at `path`, which has one of `MEDIA_TYPES`."""
        content = path.read_bytes()
        return cls(content, MEDIA_TYPES[path.suffix], f'"{sha256(content).hexdigest()[:20]}"')

    def response(self, request: Request) -> Response:
        """The file, or 304 for a browser that has it. It asks every time, so an update shows at once."""
        headers = {"ETag": self.tag, "Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(self.content, headers=headers, media_type=self.media_type)


def page_router() -> APIRouter:
    """The page is open to everyone: what it shows is asked from `/v1`, with the key that it asks for."""
    assets = _assets()
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def page(request: Request) -> Response:
        return assets[INDEX].response(request)

    @router.get("/web/{name}")
    async def asset(name: str, request: Request) -> Response:
        if name not in assets:
            raise ProblemError(NOT_FOUND, "The page has no such file.")
        return assets[name].response(request)

    return router


def _assets() -> Mapping[str, Asset]:
    return {path.name: Asset.read(path) for path in FOLDER.iterdir() if path.suffix in MEDIA_TYPES}
