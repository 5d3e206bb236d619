"""AI Gateway: what happens around a call – authenticate, guard, cache, limit, route, retry, price, log.

`Gateways` is the door. It knows neither HTTP servers nor engines: a dialect hands it a `Request` and sends the
`Response`; local models are one provider among the others (`Local`, given by the dialects).
"""
