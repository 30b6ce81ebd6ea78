"""Child processes end with the process that started them."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.conftest import ROOT

PARENT = """
import sys, time
from runtime.process import start
child = start([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
IN_ITS_OWN_PID_NAMESPACE = ["unshare", "--pid", "--fork"]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux ties a child to its parent"
)


def is_running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pid):
    deadline = time.monotonic() + 60
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(pid)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_dies_with_its_killed_parent(end):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.send_signal(end)
    assert parent.returncode == -end
    try:
        assert wait_until_gone(child), "the child outlived its parent"
    finally:
        if is_running(child):
            os.kill(child, signal.SIGKILL)


def test_no_lock_of_the_parent_holds_the_child():
    """Libraries lock around a fork (Airflow's ORM, thread pools): a child that takes no part in it cannot wait."""
    program = """
import os, sys, threading
from runtime.process import start
held = threading.Lock()
held.acquire()
os.register_at_fork(after_in_child=held.acquire)
sys.exit(start(["true"]).wait())
"""
    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, check=False)
    assert outcome.returncode == 0


def test_the_first_process_of_a_container_may_have_children():
    """There the parent's own id is 1, as it is after an orphan was adopted."""
    program = "from runtime.process import start; import sys; sys.exit(start(['true']).wait())"
    allowed = subprocess.run([*IN_ITS_OWN_PID_NAMESPACE, "true"], capture_output=True, check=False)
    if allowed.returncode:
        pytest.skip("no right to a process-id namespace of our own")
    outcome = subprocess.run(
        [*IN_ITS_OWN_PID_NAMESPACE, sys.executable, "-c", program], cwd=ROOT, check=False
    )
    assert outcome.returncode == 0
