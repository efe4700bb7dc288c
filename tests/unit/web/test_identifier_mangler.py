import pytest

from service.web.identifier_mangler import shorten


@pytest.mark.parametrize(
    ("script", "short"),
    [
        ("const first=1;use(first);", "const a=1;use(a);"),
        ("function add(one,other){return one+other}", "function c(a,b){return a+b}"),
        ("const f=(value)=>value*2;", "const b=(a)=>a*2;"),
        ("const f=async value=>value;", "const b=async a=>a;"),
        ("const [one,two]=pair;one+two", "const [a,b]=pair;a+b"),
        ("class Thing{#count=0;up(){this.#count++}}", "class b{#a=0;up(){this.#a++}}"),
        ("const text='text';", "const a='text';"),
        ("const n=1;f(`n ${n} n`);", "const a=1;f(`n ${a} n`);"),
        ("const n=1;f(/n/g.test(n));", "const a=1;f(/n/g.test(a));"),
    ],
)
def test_names_that_nothing_else_can_know_become_short(script: str, short: str) -> None:
    assert shorten(script) == short


@pytest.mark.parametrize(
    "script",
    [
        "document.title;",
        "const signal=1;fetch(url,{signal});",
        "const {status}=response;status;",
        "const name=1;({name:name});",
        "const size=1;thing.size;",
        "(class{open(){}get shut(){}});const open=1;const shut=2;",
        "if(ready){go()}",
        "for(;;){stop()}",
    ],
)
def test_names_that_something_else_may_know_stay(script: str) -> None:
    kept = shorten(script)

    assert kept == script


def test_commonest_name_gets_the_shortest_and_none_that_is_in_use() -> None:
    script = "const rare=1;const common=2;common;common;a;"

    assert shorten(script) == "const c=1;const b=2;b;b;a;"
