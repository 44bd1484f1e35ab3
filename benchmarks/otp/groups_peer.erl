%% What groups_bench measures, done by OTP's pg. Told on standard input, a line each, answered with
%% a line when it is done:
%%   one ROUNDS      so often one process joins and leaves one group
%%   many GROUPS     one process joins so many groups, then leaves them all
-module(groups_peer).
-export([main/0]).

main() ->
    {ok, _} = pg:start_link(bench),
    loop().

loop() ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            [What, Count] = string:lexemes(string:trim(Line), " "),
            run(What, list_to_integer(Count)),
            io:put_chars("done\n"),
            loop()
    end.

run("one", Rounds) ->
    [begin ok = pg:join(bench, one, self()), ok = pg:leave(bench, one, self()) end
     || _ <- lists:seq(1, Rounds)];
run("many", Groups) ->
    [ok = pg:join(bench, {many, I}, self()) || I <- lists:seq(1, Groups)],
    [ok = pg:leave(bench, {many, I}, self()) || I <- lists:seq(1, Groups)].
