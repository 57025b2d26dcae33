namespace Functional.Llm;

/// <summary>Names that a file which is not trusted gives to other files.</summary>
static class FileNames
{
    /// <summary>Whether the name is one of a file in the same folder, on any system.</summary>
    public static bool IsPlain(string name) => name is not ("" or "." or "..") && !name.AsSpan().ContainsAny("/\\:\0");
}
