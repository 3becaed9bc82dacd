"""Measures `takk up` for benches/up.sh, which prepares the project: all figures in one run, alternating between the candidates.

Prints `NAME VALUE` lines: times are medians of wall time in milliseconds, memory is in MiB.
"""

import argparse
import contextlib
import os
import resource
import shutil
import socket
import statistics
import struct
import subprocess
import tempfile
import time

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
LIVE_ROUNDS = 21
RATIO_ROUNDS = 201


def milliseconds(action, *arguments):
    begun = time.perf_counter()
    action(*arguments)
    return (time.perf_counter() - begun) * 1000


def accepts_login(port):
    """Whether PostgreSQL responds to the startup message of user `bench` with an authentication request."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            body = struct.pack("!I", 196608) + b"user\0bench\0database\0postgres\0\0"
            connection.sendall(struct.pack("!I", len(body) + 4) + body)
            return connection.recv(1) == b"R"
    except OSError:
        return False


def until_login(port):
    while not accepts_login(port):
        time.sleep(0.01)


class Bench:
    def __init__(self, arguments):
        self.takk, self.project, self.rounds = arguments.takk, arguments.project, arguments.rounds
        self.before, self.postgres = arguments.before, arguments.postgres
        self.image, self.compose = arguments.image, arguments.compose

    def run(self, *arguments, takk=None):
        subprocess.run([takk or self.takk, *arguments], cwd=self.project, check=True, **QUIET)

    def up(self, engine):
        self.run("up", "--env", "dev", "--engine", engine)

    def down(self):
        self.run("down", "--data", "--confirm", "dev", "--env", "dev")

    def postgres_process(self, number):
        """PostgreSQL by itself: a new data directory, and a server until it accepts a login."""
        data, port = tempfile.mkdtemp(prefix="takk-bench-"), 25000 + number
        prefix = []
        if os.geteuid() == 0:
            prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
            os.chown(data, 65534, 65534)
        begun = time.perf_counter()
        options = ["-U", "bench", "-A", "trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run([*prefix, f"{self.postgres}/initdb", "-D", data, *options], check=True, cwd="/", **QUIET)
        command = [f"{self.postgres}/postgres", "-D", data, "-p", str(port), "-c", "unix_socket_directories="]
        server = subprocess.Popen([*prefix, *command], cwd="/", **QUIET)
        until_login(port)
        took = (time.perf_counter() - begun) * 1000
        server.terminate()
        server.wait()
        shutil.rmtree(data)
        return took

    def postgres_container(self, number):
        """PostgreSQL's container by itself, with a new volume, until it accepts a login."""
        port, name = 26000 + number, f"takk-bench-{os.getpid()}-{number}"
        begun = time.perf_counter()
        environment = ["-e", "POSTGRES_USER=bench", "-e", "POSTGRES_PASSWORD=bench"]
        command = ["docker", "run", "-d", "--name", name, "-p", f"127.0.0.1:{port}:5432", *environment, self.image]
        subprocess.run(command, check=True, **QUIET)
        until_login(port)
        took = (time.perf_counter() - begun) * 1000
        subprocess.run(["docker", "rm", "-f", "-v", name], check=True, **QUIET)
        return took

    def compose_up(self, *arguments):
        """Docker Compose with the file that takk exports for the same servers, and the values that takk stores."""
        command = [self.takk, "run", "--env", "test", "--parts", "--", self.compose, *arguments]
        subprocess.run(command, cwd=self.project, check=True, **QUIET)

    def peak(self, engine):
        """The peak resident set of takk itself while it creates the servers: `VmHWM`, which excludes its children."""
        process = subprocess.Popen([self.takk, "up", "--env", "dev", "--engine", engine], cwd=self.project, **QUIET)
        largest = 0
        while process.poll() is None:
            with contextlib.suppress(OSError), open(f"/proc/{process.pid}/status") as status:
                largest = max([largest, *(int(line.split()[1]) for line in status if line.startswith("VmHWM"))])
            time.sleep(0.002)
        assert process.returncode == 0
        self.down()
        return largest / 1024

    def created(self, engine, by_itself):
        """Creating all servers, compared with the slowest server by itself and, for containers, with Docker Compose."""
        own, first, composed = [], [], []
        for number in range(self.rounds):
            own.append(by_itself(number))
            first.append(milliseconds(self.up, engine))
            self.down()
            if engine == "docker" and self.compose:
                composed.append(milliseconds(self.compose_up, "up", "--detach", "--wait"))
                self.compose_up("down", "--volumes")
        self.report(f"{engine}_own", own)
        self.report(f"{engine}_first", first)
        if composed:
            self.report("compose", composed)
        print(f"{engine}_memory {self.peak(engine):.0f}")

    def live(self, engine):
        again, plain, with_up = [], [], []
        self.up(engine)
        for _ in range(LIVE_ROUNDS):
            again.append(milliseconds(self.run, "up", "--env", "dev"))
            plain.append(milliseconds(self.run, "run", "--env", "dev", "--", "true"))
            with_up.append(milliseconds(self.run, "run", "--up", "--env", "dev", "--", "true"))
        for name, times in (("again", again), ("plain", plain), ("with_up", with_up)):
            self.report(f"{engine}_{name}", times)
        self.down()

    def beside_before(self):
        """Commands unrelated to `up`: the ratio of their CPU time to that of the previous version. Medians of many alternating runs.

        Both executables are copied first, because the way in which a file got into the page cache decides how many pages a fault maps.
        """
        with tempfile.TemporaryDirectory() as directory:
            now, before = (shutil.copy(program, f"{directory}/{name}") for program, name in ((self.takk, "now"), (self.before, "before")))
            for name, words in (("version", ["--version"]), ("plan", ["plan"]), ("run", ["run", "--env", "test", "--", "true"])):
                taken = {now: [], before: []}
                for number in range(RATIO_ROUNDS):
                    for takk in (now, before) if number % 2 else (before, now):
                        taken[takk].append(self.cpu(takk, words))
                print(f"ratio_{name} {statistics.median(taken[now]) / statistics.median(taken[before]):.2f}")

    def cpu(self, takk, words):
        """CPU time of one run in seconds."""
        begun = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.run(*words, takk=takk)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (ended.ru_utime + ended.ru_stime) - (begun.ru_utime + begun.ru_stime)

    @staticmethod
    def report(name, times):
        print(f"{name} {statistics.median(times):.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("takk")
    parser.add_argument("project")
    parser.add_argument("postgres", help="the directory of initdb and postgres")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--image", help="PostgreSQL's image, where servers in containers are measured")
    parser.add_argument("--compose", help="the program docker-compose")
    parser.add_argument("--before", help="takk as it was before")
    arguments = parser.parse_args()
    bench = Bench(arguments)
    bench.created("local", bench.postgres_process)
    bench.live("local")
    if arguments.image:
        bench.created("docker", bench.postgres_container)
        bench.live("docker")
    if arguments.before:
        bench.beside_before()


main()
