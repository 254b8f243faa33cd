"""HAProxy, as a site would put it before several servers: it asks each how it is, and sends requests to those that are well."""

import shutil
import time
from typing import TYPE_CHECKING

import machine
from machine import NotDone

if TYPE_CHECKING:
    from stage import Stage

CONFIGURATION = """
global
    maxconn 1000
defaults
    mode {mode}
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    retries 3
    option redispatch
listen all
    bind 127.0.0.1:{port}
    balance roundrobin
    option httpchk {check}
    http-check expect status 200
    default-server inter 300ms fall 1 rise 1 {server}
"""


class Balancer:
    """Balances over `ports`. `check_ports` are those that are asked, where they differ; `mode` is http or tcp."""

    def __init__(self, stage: "Stage", ports: list[int], check: str, mode: str = "http", check_ports: list[int] | None = None) -> None:
        binary = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
        if binary is None:
            raise NotDone("no haproxy on this machine: scripts/setup.sh chaos installs it")
        self.address = ("127.0.0.1", machine.free_port())
        self.what = "HAProxy"
        # Connections to a server that is no longer the right one are ended, so that clients look for the other.
        server = "on-marked-down shutdown-sessions" if mode == "tcp" else ""
        text = CONFIGURATION.format(mode=mode, port=self.address[1], check=check, server=server)
        for number, port in enumerate(ports):
            asked = f" port {check_ports[number]}" if check_ports else ""
            text += f"    server s{number} 127.0.0.1:{port} check{asked}\n"
        configuration = stage.directory / "haproxy.cfg"
        configuration.write_text(text)
        stage.process([binary, "-db", "-f", str(configuration)])
        time.sleep(1.5)  # the first checks
