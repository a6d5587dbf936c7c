"""The owner of an account over the API."""

from teams.actions import set_owner


def test_the_owner_is_changed_and_leads_the_team(api, account, cast):
    answer = api("dora_director").patch(
        f"accounts/{account.pk}/",
        {"owner": cast["ed_editor"].pk, "city": "Turku", "version": 1},
    )

    assert answer.status_code == 200, answer.content
    assert answer.json()["owner_name"] == "Ed"
    assert answer.json()["city"] == "Turku"
    assert account.team.get(role="lead", until=None).user == cast["ed_editor"]


def test_an_owner_who_left_is_refused(api, account, cast):
    cast["otto_outsider"].is_active = False
    cast["otto_outsider"].save()

    answer = api("dora_director").patch(
        f"accounts/{account.pk}/",
        {"owner": cast["otto_outsider"].pk, "city": "Turku", "version": 1},
    )

    assert answer.status_code == 409
    assert "has left the company" in answer.json()["errors"]["owner"][0]
    account.refresh_from_db()
    assert (account.owner, account.city) == (cast["olga_owner"], "")


def test_who_keeps_facts_does_not_give_accounts_away(api, account, cast):
    caller = api("stan_steward")

    facts = caller.patch(f"accounts/{account.pk}/", {"city": "Turku", "version": 1})
    owner = caller.patch(f"accounts/{account.pk}/", {"owner": None, "version": 2})

    assert facts.status_code == 200
    assert owner.status_code == 403
    account.refresh_from_db()
    assert account.owner == cast["olga_owner"]


def test_a_stale_change_of_owner_is_refused(api, account, cast):
    set_owner(account, to=cast["ed_editor"], by=cast["dora_director"])

    answer = api("dora_director").patch(
        f"accounts/{account.pk}/", {"owner": cast["otto_outsider"].pk, "version": 1}
    )

    assert answer.status_code == 409
    assert answer.json()["conflict"]["fields"] == {
        "owner": {"yours": cast["otto_outsider"].pk, "theirs": cast["ed_editor"].pk}
    }
