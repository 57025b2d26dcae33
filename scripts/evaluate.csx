// How well does a model know a text? Its notes: evaluate.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

// The program functional-llm has the same command: src/Functional.Llm/Scripts/EvaluationOptions.cs is the work of both.
return Script.Run<Options>(Args,
    "Measures a model on a text, or on ids: loss, perplexity, bits per byte.",
    "dotnet script scripts/evaluate.csx -- --model run --file text.txt",
    o => o.Evaluate(Script.Beside("..")));

record Options : EvaluationOptions;
