"""Shops on the web and tills with a service: what they tell becomes events of the ledger.

Each kind of shop is a folder here, found by its name (`kinds`): `signing` verifies what arrives,
`translating` reads it as the common state of an order (`order`), `asking` reads the same by REST.
`receiving` is the door, `working` works off what came, `posting` posts the difference,
`reconciling` finds what never came, `people` knows whose order it is, `connecting` keeps the
connections.
"""
