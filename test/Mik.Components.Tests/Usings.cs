global using Mik.TestKit;
global using Xunit;
