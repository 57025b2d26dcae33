// Writes the ids of a text to a file, from which training reads them a window at a time: a corpus may be larger than memory. Its notes: tokenize.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;

// The program functional-llm has the same command: src/Functional.Llm/Scripts/Tokenizing.cs is the work of both.
return Script.Run<Options>(Args,
    "Turns a text into a file of token ids, tokens.bin, and saves the tokenizer beside it.",
    "dotnet script scripts/tokenize.csx -- --dataset novels --tokenizer gpt2 --out novels",
    o => o.Tokenize(Script.Beside("..")));

record Options : TokenizerOptions;
