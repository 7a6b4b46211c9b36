"""Commands about access: `access`, `audit` and `require`."""
