"""The operator's pages: is the process alive, could it serve a turn now, what did it count."""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.ops.metrics import GONE, Metrics
from bot.storage.due_reminders import Waking
from bot.storage.unit_of_work import Store


def pages(store: Store, metrics: Metrics, *others: Route) -> Starlette:
    """Return the application with the pages /healthz, /readyz and /metrics, and with other routes."""
    shown = _Pages(store, metrics)
    application = Starlette(
        routes=[
            *others,
            Route("/healthz", shown.healthy),
            Route("/readyz", shown.ready),
            Route("/metrics", shown.measure),
        ]
    )
    # A redirect of slashes would lead to whatever host the request names.
    application.router.redirect_slashes = False
    return application


@dataclass(frozen=True, slots=True)
class _Pages:
    """What load balancers and Prometheus ask; 503 says what is wrong, a line for each thing."""

    store: Store
    metrics: Metrics

    async def healthy(self, _request: Request) -> Response:
        ills = self.metrics.health.ills()
        return PlainTextResponse("\n".join(ills) or "alive", 503 if ills else 200)

    async def ready(self, _request: Request) -> Response:
        """Answer 200 only if a turn could be committed now: the lease is written every few seconds."""
        hindrances = self.metrics.health.hindrances()
        if self.store.outbox.lease.lost:
            hindrances.append("the database takes no writes: the lease could not be renewed")
        messages, oldest = 0, 0.0
        try:
            messages, oldest = await self.store.outbox.backlog()
        except GONE:
            hindrances.append("the database doesn't answer")
        if hindrances:
            return PlainTextResponse("\n".join(hindrances), 503)
        prepared = self.metrics.health.prepared()
        return JSONResponse({"outbox": messages, "oldest_seconds": round(oldest), "prepared": prepared})

    async def measure(self, _request: Request) -> Response:
        overdue, standing = Waking(self.store).overdue, self.store.standing
        page = await self.metrics.page(self.store.outbox.backlog, overdue, standing)
        return Response(page, media_type="text/plain; version=0.0.4")
