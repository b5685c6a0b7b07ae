"""Serving a plugin to the engine that started it, and ending with that engine."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

# The engine runs as many steps at once as it likes; each waits on an AWS call in a thread of its own.
_THREADS = 64
_LARGEST_MESSAGE = 400 * 1024 * 1024
_LOOK_SECONDS = 0.5


def end_with_the_engine() -> None:
    """Ends this process as soon as the process that started it is gone, so that none is left behind.

    Launchers must `exec` the plugin, else the parent is a shell. A killed engine can't say goodbye, and the
    kernel's parent-death signal fires when a *thread* of the engine ends, so the parent is looked at instead.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, name="engine-watch", daemon=True).start()


def serve(servicer: provider_pb2_grpc.ResourceProviderServicer) -> None:
    """Serves until the engine ends the process; tells the engine the port on the first line of stdout."""
    end_with_the_engine()
    options = [("grpc.max_receive_message_length", _LARGEST_MESSAGE), ("grpc.max_send_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(_THREADS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
