"""The HealthChain peer: its documented way to serve a CDS Hooks service, with a card that never changes.

It parses the request into HealthChain's model and counts the Observations; it assesses nothing and records nothing.
Served by uvicorn with uvloop and httptools, HealthChain's fastest set-up.
"""

from healthchain.gateway import CDSHooksService, HealthChainAPI
from healthchain.models import CDSRequest, CDSResponse

OBSERVATIONS = 6

cds = CDSHooksService()
app = HealthChainAPI()


@cds.hook("patient-view", id="her2")
def constant_card(request: CDSRequest) -> CDSResponse:
    found = len(request.prefetch["her2"]["entry"])
    if found != OBSERVATIONS:
        raise ValueError(f"expected {OBSERVATIONS} Observations, found {found}")
    return CDSResponse(
        cards=[
            {
                "summary": "The same card for everybody",
                "indicator": "info",
                "source": {"label": "HealthChain peer of the benchmark"},
                "detail": "Nothing was assessed and nothing was recorded.",
            }
        ]
    )


app.register_service(cds, path="/cds")
