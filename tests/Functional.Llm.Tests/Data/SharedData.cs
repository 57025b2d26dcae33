using Xunit;

namespace Functional.Llm.Tests;

/// <summary>The folder of public data sets, which FUNCTIONAL_LLM_DATA names.</summary>
static class SharedData
{
    public static string? Folder => Environment.GetEnvironmentVariable("FUNCTIONAL_LLM_DATA");

    public static string File(string name) => Path.Combine(Folder!, name);
}

/// <summary>A test on a public data set; skipped, with the reason, where FUNCTIONAL_LLM_DATA does not name its folder.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute() =>
        Skip = SharedData.Folder is null ? "set FUNCTIONAL_LLM_DATA to the folder of the public data sets" : null;
}
