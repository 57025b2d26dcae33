// What every script needs to name: the library and the packages that stand in its signatures. A script states its own usings and
// `#nullable enable`, because neither travels through #load.
#r "../src/Functional.Llm/bin/Release/net10.0/Functional.Llm.dll"
#r "../src/Functional.Llm/bin/Release/net10.0/LanguageExt.Core.dll"
#r "../src/Functional.Llm/bin/Release/net10.0/Spectre.Console.dll"
#r "../src/Functional.Llm/bin/Release/net10.0/System.CommandLine.dll"
#r "../src/Functional.Llm/bin/Release/net10.0/System.Numerics.Tensors.dll"
