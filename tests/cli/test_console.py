"""Tables as people see them: where lines may be cut."""

from ectsim.cli.console import print_table


def test_a_label_is_cut_at_plain_spaces_only(capsys):
    quoted = "projets structurés («\N{NO-BREAK SPACE}amorcés\N{NO-BREAK SPACE}»)"
    print_table(["what", "how many"], [(" ".join([quoted] * 4), "9" * 60)], [1])
    shown = capsys.readouterr().out
    assert shown.count("«\N{NO-BREAK SPACE}amorcés\N{NO-BREAK SPACE}»") == 4
    assert len(shown.splitlines()) > 5


def test_numbers_are_set_to_the_right(capsys):
    print_table(["what", "how many"], [("a", "1"), ("b", "100")], [1])
    first, second = capsys.readouterr().out.rstrip().splitlines()[-2:]
    assert first.rstrip().endswith("  1")
    assert first.rindex("1") == second.rindex("0")
