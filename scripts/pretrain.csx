// A language model learns a text: from drawn parameters to sentences of its own. Its notes: pretrain.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

// The program functional-llm has the same command: src/Functional.Llm/Scripts/PretrainingReport.cs is the work of both.
return Script.Run<Options>(Args,
    "Trains a GPT or a Llama on a text, shows how its loss falls, and lets it write.",
    "dotnet script scripts/pretrain.csx -- --dataset tinyshakespeare --preset nano --out run",
    o => o.Pretrain(Script.Beside("..")));

record Options : PretrainingOptions;
