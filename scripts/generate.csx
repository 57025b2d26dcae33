// A trained model goes on with a text. Its notes: generate.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

// The program functional-llm has the same command: src/Functional.Llm/Scripts/GenerationOptions.cs is the work of both.
return Script.Run<Options>(Args,
    "Lets a model go on with a text, token by token.",
    "dotnet script scripts/generate.csx -- --model run --prompt \"The \" --count 100 --temperature 0.8",
    o => o.Generate(Script.Beside(".."), o.SideBySide));

record Options : GenerationOptions;
