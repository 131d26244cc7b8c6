"""The OpenAPI document: one for all calls, made of the types that the code itself reads with."""
