from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.ivr.sip.ports import BadPorts, plan_ports


def test_cells_listen_on_neighbouring_ports() -> None:
    assert [cell.sip for cell in plan_ports(5060, 3, 4)] == [5060, 5061, 5062]


@given(st.integers(0, 70_000), st.integers(1, 64), st.integers(1, 32))
def test_no_port_is_used_twice(port: int, cells: int, calls: int) -> None:
    try:
        plan = plan_ports(port, cells, calls)
    except BadPorts:
        return
    used = [cell.sip for cell in plan]
    for cell in plan:
        used += range(cell.rtp, cell.rtp + cell.rtp_count)
    assert len(used) == len(set(used))
    assert max(used) <= 65_535
    assert all(cell.rtp_count >= 2 * calls for cell in plan)


def test_two_nodes_on_one_host_keep_apart() -> None:
    one, other = plan_ports(5060, 10, 4), plan_ports(5070, 10, 4)
    assert max(cell.rtp + cell.rtp_count for cell in one) <= min(cell.rtp for cell in other)


@pytest.mark.parametrize(("port", "cells"), [(80, 1), (65_535, 2), (65_536, 1), (5060, 2000)])
def test_a_plan_that_cannot_work_is_refused(port: int, cells: int) -> None:
    with pytest.raises(BadPorts):
        plan_ports(port, cells, 4)


def test_sip_ports_among_the_rtp_ports_are_refused() -> None:
    with pytest.raises(BadPorts, match="TONVAL_SIP"):
        plan_ports(16_912, 1, 4)
