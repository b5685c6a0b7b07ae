"""Rules of what a Dockerfile tells of the shell in its image."""

import pytest

from driver.core.image.dockerfile import base_without_bash


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("FROM python:3.12-slim\nCOPY . .\n", ""),
        ("FROM python:3.12-alpine\nCOPY . .\n", "python:3.12-alpine"),
        ("FROM alpine@sha256:abc\n", "alpine@sha256:abc"),
        ("from --platform=linux/amd64 node:22-alpine as build\nRUN make\n", "node:22-alpine"),
        ("FROM node:22-alpine\nRUN apk add --no-cache curl bash\n", ""),
        ("FROM node:22-alpine\n# RUN apk add bash\n", "node:22-alpine"),
        ("FROM node:22-alpine AS build\nRUN make\nFROM node:22-slim\nCOPY --from=build /a /a\n", ""),
        ("FROM python:3.12-alpine AS base\nFROM base AS deps\nRUN x\nFROM Base\n", "python:3.12-alpine"),
        ("FROM golang:1.24 AS build\nFROM gcr.io/distroless/static\n", "gcr.io/distroless/static"),
        ("FROM golang:1.24 AS build\nFROM scratch\n", "scratch"),
        ("ARG BASE\nFROM $BASE\n", ""),
        ("", ""),
    ],
)
def test_an_image_has_a_bash_unless_its_last_base_is_known_for_none(text: str, base: str) -> None:
    assert base_without_bash(text) == base
