using LanguageExt;
using LanguageExt.Common;

namespace Functional.Llm;

/// <summary>From a result at the library's edge to a script's straight line.</summary>
public static class Failing
{
    /// <summary>The result, or the end of the script with the error's message and exit code 1.</summary>
    /// <exception cref="FunctionalLlmException">The either holds an error.</exception>
    public static R OrFail<R>(this Either<Error, R> either) =>
        either.Match(result => result, error => throw new FunctionalLlmException(error.Message));
}
